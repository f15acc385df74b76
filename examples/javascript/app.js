// TCP, UDP, names and errors over wasock:net, with the arguments HOST TCP-PORT UDP-PORT CLOSED-PORT.
import { getArguments } from 'wasi:cli/environment@0.2.0';
import { getStdout } from 'wasi:cli/stdout@0.2.0';
import { getaddrinfo } from 'wasock:net/resolver@0.1.0';
import { Socket } from 'wasock:net/sockets@0.1.0';

// QuickJS has no console, no TextEncoder and no TextDecoder. This is ASCII, and enough here.
const encode = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const decode = (bytes) => String.fromCharCode(...bytes);
const print = (line) => getStdout().blockingWriteAndFlush(encode(`${line}\n`));

const resolve = (host, port, type) => getaddrinfo(host, port, 'inet', type, 0, {}, undefined)[0].address;

function withSocket(type, use) {
  const socket = Socket.create('inet', type, 0);
  try { return use(socket); } finally { socket.close(); }
}

const tcp = (host, port) => withSocket('stream', (socket) => {
  socket.connect(resolve(host, port, 'stream'));
  socket.sendall(encode('hello'), {});
  socket.shutdown('write');
  let received = '';
  for (let data; (data = socket.recv(65536, {})).length > 0;) received += decode(data);
  return received;
});

const udp = (host, port) => withSocket('dgram', (socket) => {
  socket.settimeout(5); // the answer may be lost
  const peer = resolve(host, port, 'dgram');
  socket.sendto(encode('hello'), {}, peer);
  const { data, address } = socket.recvfrom(65536, {});
  const isPeer = JSON.stringify(address) === JSON.stringify(peer);
  return `${decode(data)}, from the ${isPeer ? 'peer' : 'wrong peer'}`;
});

function show(what, call, ...args) {
  try { print(`${what}: ${call(...args)}`); } catch (error) { print(`${what}: ${error.payload.toUpperCase()}`); }
}

export const run = {
  run() {
    const [, host, tcpPort, udpPort, closedPort] = getArguments();
    show('tcp', tcp, host, tcpPort);
    show('udp', udp, host, udpPort);
    show('localhost', tcp, 'localhost', tcpPort);
    show('closed', tcp, host, closedPort);
  },
};
