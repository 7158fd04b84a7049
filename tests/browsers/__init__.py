"""Firefox and WebKit, for a smoke of what the Chromium tests walk through at length."""
