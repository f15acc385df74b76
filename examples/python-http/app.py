"""A request over wasi:http, with the arguments METHOD URL [BODY]."""

from urllib.parse import urlsplit

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports.environment import get_arguments
from wit_world.imports.outgoing_handler import handle
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields, IncomingBody, Method_Other, OutgoingBody, OutgoingRequest, Scheme_Http, Scheme_Https,
)

SCHEMES = {"http": Scheme_Http, "https": Scheme_Https}


def send(method, url, body):
    parts = urlsplit(url)
    request = OutgoingRequest(Fields.from_list([]))
    request.set_method(Method_Other(method))
    request.set_scheme(SCHEMES[parts.scheme]())
    request.set_authority(parts.netloc)
    request.set_path_with_query(f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")
    outgoing = request.body() if body else None
    future = handle(request, None)
    if outgoing:
        with outgoing.write() as stream:
            stream.blocking_write_and_flush(body)
        OutgoingBody.finish(outgoing, None)

    with future.subscribe() as ready:
        ready.block()
    result = future.get().value
    if isinstance(result, Err):
        raise result
    return result.value


def read(response):
    received = b""
    with response.consume() as body, body.stream() as stream:
        while True:
            try:
                received += stream.blocking_read(65536)
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    return received.decode()
                raise


class Run(exports.Run):
    def run(self):
        _, method, url, *body = get_arguments()
        try:
            response = send(method, url, "".join(body).encode())
            print(f"{response.status()}: {read(response)}")
        except Err as error:
            print("error:", type(error.value).__name__)
