"""What .ci/framing is made of: who stands in between, and the page that tells what came through."""
