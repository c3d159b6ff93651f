"""`python -m omnify_workflows`: the commands for operators."""

from omnify_workflows.cli.app import app

if __name__ == "__main__":
    app()
