"""What surrounds every answer: request id, log line, limits, headers, policy, paths. Pure ASGI."""
