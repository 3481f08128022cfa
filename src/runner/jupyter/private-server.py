"""The runner's own Jupyter Server: python private-server.py <folder> --config=<file>.

Reads no configuration but the given file (JUPYTER_NO_CONFIG is set by the caller) and keeps its token from the
kernels, so that no notebook can print it.
"""

import os
import sys
import tempfile

tempfile.tempdir = sys.argv.pop(1)

from jupyter_client.kernelspec import KernelSpecManager  # noqa: E402
from jupyter_core.paths import jupyter_path  # noqa: E402
from jupyter_server.serverapp import ServerApp  # noqa: E402
from tornado.netutil import bind_sockets  # noqa: E402
from traitlets import default  # noqa: E402


class InstalledKernels(KernelSpecManager):
    # Jupyter also looks where IPython once kept kernels, and loads all of IPython to ask where that is.
    @default("kernel_dirs")
    def _only_jupyters_folders(self) -> list[str]:
        return jupyter_path("kernels")


class PrivateServer(ServerApp):
    @default("kernel_spec_manager_class")
    def _installed_kernels(self) -> type[KernelSpecManager]:
        return InstalledKernels

    def start(self) -> None:
        if not self.identity_provider.token:
            sys.exit("private-server: JUPYTER_TOKEN is not set")
        del os.environ["JUPYTER_TOKEN"]
        super().start()

    # Jupyter Server looks for a free port, lets go of it, writes it into a file, and listens later: another server may
    # take it meanwhile, and who reads the file may come too early. Here the port is listened on before anyone is told.
    def _find_http_port(self) -> None:
        self._sockets = bind_sockets(0, self.ip)
        self.port = self._sockets[0].getsockname()[1]

    def _bind_http_server_tcp(self) -> bool:
        self.http_server.add_sockets(self._sockets)
        return True


PrivateServer.launch_instance()
