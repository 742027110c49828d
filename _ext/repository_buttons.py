"""Buttons that lead to the repository, to its issues and to Binder, where the repository's address is known.

The workflow that publishes the book passes it in BOOK_REPOSITORY_URL; a book built elsewhere has no such buttons.
"""

import os


def _add_buttons(app, config):
    if url := os.environ.get("BOOK_REPOSITORY_URL"):
        config.html_theme_options |= {
            "repository_url": url,
            "repository_provider": "github",
            "repository_branch": "main",
            "path_to_docs": ".",
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
        }


def setup(app):
    app.connect("config-inited", _add_buttons, priority=100)
    return {"parallel_read_safe": True}
