"""Whom the provider believes to be the Admin API, and by what certificate it shows who it is."""

import ssl

from provider.settings import Settings, TlsFiles


def tls_context(settings: Settings) -> ssl.SSLContext | bool:
    """What httpx verifies with: the machine's authorities unless files say otherwise."""
    files = settings.tls_files
    if files == TlsFiles():
        return settings.tls_verify
    context = ssl.create_default_context(cafile=files.authority)
    if not settings.tls_verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if files.certificate is not None:
        context.load_cert_chain(files.certificate, files.key)
    return context
