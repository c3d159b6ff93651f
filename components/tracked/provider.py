"""The Kong provider of a stack: this project's own (provider/), behind the class of pulumi-kong."""

import json
from collections.abc import Sequence

import pulumi
import pulumi_kong


def kong_provider(name: str, admin_address: str, custom_plugins: Sequence[str]) -> pulumi_kong.Provider:
    """A provider for the Admin API at an address, that takes the image's own plugins besides Kong's."""

    def told(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        # The class does not know it. Lists reach a provider as JSON (provider/settings.py).
        return pulumi.ResourceTransformationResult(
            {**args.props, "customPlugins": json.dumps(list(custom_plugins))}, args.opts
        )

    opts = pulumi.ResourceOptions(transformations=[told]) if custom_plugins else None
    return pulumi_kong.Provider(name, kong_admin_uri=admin_address, opts=opts)
