"""Connections to an Accuracy Monitor sidecar: Unix socket, TCP, TLS with or without a client certificate, bearer tokens."""

import grpc


def connect(address, authority_file=None, certificate_file=None, key_file=None, token_file=None):
    """address: unix:///path or host:port. A file of authorities or of a client certificate makes the connection TLS. Raises ValueError, which names the
    argument, when a file can't be used or the token would be sent in clear text to another machine."""
    if (certificate_file is None) != (key_file is None):
        raise ValueError(f"certificate_file is {certificate_file!r} and key_file is {key_file!r}; a client certificate needs both")
    options = [("grpc.max_send_message_length", 64 << 20)]
    if address.startswith("unix:"):
        # grpcio from 1.57 on sends the escaped path as the name of the server, which HTTP servers refuse.
        options.append(("grpc.default_authority", "localhost"))
    if authority_file is not None or certificate_file is not None:
        credentials = grpc.ssl_channel_credentials(
            _pem("authority_file", authority_file), _pem("key_file", key_file), _pem("certificate_file", certificate_file))
        return grpc.secure_channel(address, credentials, options=options)
    if token_file is not None:
        if not address.startswith("unix:") and address.rpartition(":")[0] not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError(f"address is {address!r}; a token is sent with authority_file (TLS), over a Unix socket or to this machine only")
        # The proxy of the environment variable http_proxy would get the token in clear text.
        options.append(("grpc.enable_http_proxy", 0))
    return grpc.insecure_channel(address, options=options)


def hint(error, authority_file, certificate_file):
    """What to look at when a call over TLS found nobody; else empty."""
    if error.code() != grpc.StatusCode.UNAVAILABLE or (authority_file is None and certificate_file is None):
        return ""
    return f" (TLS: does authority_file sign the sidecar's certificate, and does the sidecar trust that of this client? authority_file is {authority_file}, " \
        f"certificate_file is {certificate_file})"


def metadata(token_file):
    """Of one call. The file is read each time because Kubernetes replaces it. Raises OSError or ValueError when it can't be read or is not one token of
    printable ASCII characters."""
    if token_file is None:
        return None
    with open(token_file, encoding="ascii") as file:
        token = file.read().strip()
    if not token or any(not "!" <= c <= "~" for c in token):
        raise ValueError(f"{token_file} must hold one token of printable ASCII characters, and nothing else")
    return (("authorization", "Bearer " + token),)


def _pem(argument, path):
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise ValueError(f"{argument} is {path!r}; it can't be read: {error}") from error
    if b"-----BEGIN " not in content:
        raise ValueError(f"{argument} is {path!r}; there is nothing in PEM form in it")
    return content
