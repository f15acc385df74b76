"""TCP, UDP, names and errors over wasock:net, with the arguments HOST TCP-PORT UDP-PORT CLOSED-PORT."""

from contextlib import closing

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports.environment import get_arguments
from wit_world.imports.resolver import getaddrinfo
from wit_world.imports.sockets import ShutdownHow, Socket
from wit_world.imports.types import AddressFamily, AddrinfoFlags, MsgFlags, SocketType

INET, STREAM, DGRAM = AddressFamily.INET, SocketType.STREAM, SocketType.DGRAM
NONE = MsgFlags(0)


def resolve(host, port, kind):
    return getaddrinfo(host, port, INET, kind, 0, AddrinfoFlags(0), None)[0].address


def tcp(host, port):
    with closing(Socket.create(INET, STREAM, 0)) as socket:
        socket.connect(resolve(host, port, STREAM))
        socket.sendall(b"hello", NONE)
        socket.shutdown(ShutdownHow.WRITE)
        return b"".join(iter(lambda: socket.recv(65536, NONE), b"")).decode()


def udp(host, port):
    with closing(Socket.create(INET, DGRAM, 0)) as socket:
        socket.settimeout(5)  # the answer may be lost
        peer = resolve(host, port, DGRAM)
        socket.sendto(b"hello", NONE, peer)
        received = socket.recvfrom(65536, NONE)
        return f"{received.data.decode()}, from the {'peer' if received.address == peer else 'wrong peer'}"


def show(what, call, *arguments):
    try:
        print(f"{what}: {call(*arguments)}")
    except Err as error:
        print(f"{what}: {error.value.name}")


class Run(exports.Run):
    def run(self):
        _, host, tcp_port, udp_port, closed_port = get_arguments()
        show("tcp", tcp, host, tcp_port)
        show("udp", udp, host, udp_port)
        show("localhost", tcp, "localhost", tcp_port)
        show("closed", tcp, host, closed_port)
