"""Writes <notebook>.html beside each notebook whose path, as JSON, is a line of standard input; prints what goes wrong."""

import json
import sys
from pathlib import Path

from nbconvert.exporters import HTMLExporter

# nbconvert leaves code in Markdown, such as a function's source, in the font of the text.
STYLE = "<style>.jp-RenderedMarkdown .highlight pre { font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size); }</style>"

exporter = HTMLExporter()
for line in sys.stdin:
    notebook = Path(json.loads(line))
    try:
        page, _ = exporter.from_filename(str(notebook))
        notebook.with_suffix(".html").write_text(page.replace("</head>", STYLE + "</head>", 1), encoding="utf-8")
    except Exception as problem:
        print(f"nbconvert could not write HTML of {notebook}: {problem!r}", flush=True)
