"""A mail server that takes everything and keeps nothing but how much came and when: `python -m bench.mails.sink`.

Prints its port. `PEEK` is answered with how many came, and `COUNT` with the seconds from the
first to the last besides; then it begins anew.
"""

import asyncio
import time

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    came = 0
    first = last = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.got, self.in_mail, self.words = transport, b"", False, []
        self.say("220 here")
        self.flush()

    def data_received(self, data: bytes) -> None:
        self.got += data
        while (mark := END if self.in_mail else b"\r\n") in self.got:
            line, _, self.got = self.got.partition(mark)
            self.taken() if self.in_mail else self.heard(line[:5].strip().upper())
        self.flush()

    def taken(self) -> None:
        self.in_mail, now = False, time.monotonic()
        Sink.first = Sink.first if Sink.came else now
        Sink.came, Sink.last = Sink.came + 1, now
        self.say("250 kept")

    def heard(self, verb: bytes) -> None:
        self.in_mail = verb == b"DATA"
        if verb == b"COUNT":
            self.say(f"250 {Sink.came} {Sink.last - Sink.first}")
            Sink.came = 0
        elif verb == b"PEEK":
            self.say(f"250 {Sink.came}")
        elif verb == b"EHLO":  # as Postfix and Exim say
            self.say("250-here")
            self.say("250 PIPELINING")
        elif verb == b"QUIT":
            self.say("221 bye")
            self.flush()
            self.transport.close()
        else:
            self.say("354 go on" if self.in_mail else "250 fine")

    def say(self, words: str) -> None:
        self.words.append(words.encode() + b"\r\n")

    def flush(self) -> None:
        self.transport.write(b"".join(self.words))
        self.words = []


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
