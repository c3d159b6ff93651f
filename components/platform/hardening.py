"""What every container here runs under: Pod Security `restricted`, and a read-only file system besides."""

import pulumi_kubernetes as k8s


def pod_security(*, user: int) -> k8s.core.v1.PodSecurityContextArgs:
    """A pod that runs as this user and group, and whose volumes are theirs."""
    return k8s.core.v1.PodSecurityContextArgs(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        fs_group_change_policy="OnRootMismatch",
        seccomp_profile=k8s.core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def container_security() -> k8s.core.v1.SecurityContextArgs:
    """A container without capabilities, without a way to gain them, and with a read-only root."""
    return k8s.core.v1.SecurityContextArgs(
        allow_privilege_escalation=False,
        capabilities=k8s.core.v1.CapabilitiesArgs(drop=["ALL"]),
        read_only_root_filesystem=True,
    )


def scratch(name: str, *, at_most: str) -> k8s.core.v1.VolumeArgs:
    """An empty volume that lives as long as its pod."""
    return k8s.core.v1.VolumeArgs(name=name, empty_dir=k8s.core.v1.EmptyDirVolumeSourceArgs(size_limit=at_most))
