"""server.py PORT FOLDER: an SMTP server (aiosmtpd) that keeps each message as a file."""

import asyncio
import hashlib
import os
import sys

from aiosmtpd.smtp import SMTP

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]


class Keeper:
    async def handle_DATA(self, server, session, envelope):
        digest = hashlib.sha256(envelope.content).hexdigest()
        with open(os.path.join(FOLDER, digest), "wb") as f:
            f.write(envelope.content)
        return f"250 kept {len(envelope.content)} bytes for {len(envelope.rcpt_tos)}"


async def main():
    def protocol():
        return SMTP(Keeper(), hostname="mail", ident="ready", data_size_limit=64_000_000)

    server = await asyncio.get_running_loop().create_server(protocol, "", PORT)
    await server.serve_forever()


asyncio.run(main())
