"""The runner's own Jupyter Server: python private-server.py <folder> --config=<file>.

Reads no configuration but the given file (JUPYTER_NO_CONFIG is set by the caller) and keeps its token from the
kernels, so that no notebook can print it.
"""

import os
import sys
import tempfile

tempfile.tempdir = sys.argv.pop(1)

from jupyter_server.serverapp import ServerApp  # noqa: E402


class PrivateServer(ServerApp):
    def start(self) -> None:
        if not self.identity_provider.token:
            sys.exit("private-server: JUPYTER_TOKEN is not set")
        del os.environ["JUPYTER_TOKEN"]
        super().start()


PrivateServer.launch_instance()
