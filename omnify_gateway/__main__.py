"""`python -m omnify_gateway`, or `omnify-gateway`: the project's commands, in the folder of a Pulumi.yaml."""

from gateway.commands import run

if __name__ == "__main__":
    run()
