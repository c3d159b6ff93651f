"""The authorities that Kong trusts: files of ConfigMaps and Secrets, mounted into each pod of its image."""

from collections.abc import Sequence

import pulumi_kubernetes as k8s

from config.trust import Authority, Trust

_DIRECTORY = "/etc/kong-trust"
_VOLUME = "trust"


def trusted_certificates(trust: Trust) -> str:
    """Which files Kong reads them from (Kong: lua_ssl_trusted_certificate); `system` are the image's own."""
    files = [f"{_DIRECTORY}/{_file(index)}" for index in range(len(trust.authorities))]
    return ",".join([*files, "system"] if trust.public_too else files)


def trusted_volumes(trust: Trust) -> Sequence[k8s.core.v1.VolumeArgs]:
    """One volume with all files; none where the stack names no authority."""
    if not trust.authorities:
        return ()
    sources = [_source(authority, _file(index)) for index, authority in enumerate(trust.authorities)]
    return (k8s.core.v1.VolumeArgs(name=_VOLUME, projected=k8s.core.v1.ProjectedVolumeSourceArgs(sources=sources)),)


def trusted_mounts(trust: Trust) -> Sequence[k8s.core.v1.VolumeMountArgs]:
    """Where that volume is."""
    if not trust.authorities:
        return ()
    return (k8s.core.v1.VolumeMountArgs(name=_VOLUME, mount_path=_DIRECTORY, read_only=True),)


def _file(index: int) -> str:
    return f"{index}.crt"


def _source(authority: Authority, path: str) -> k8s.core.v1.VolumeProjectionArgs:
    items = [k8s.core.v1.KeyToPathArgs(key=authority.key, path=path)]
    if authority.config_map is not None:
        return k8s.core.v1.VolumeProjectionArgs(
            config_map=k8s.core.v1.ConfigMapProjectionArgs(name=authority.config_map, items=items)
        )
    return k8s.core.v1.VolumeProjectionArgs(secret=k8s.core.v1.SecretProjectionArgs(name=authority.secret, items=items))
