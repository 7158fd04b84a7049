"""How the page looks: on a phone, on a large screen, in the dark and on paper."""

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
  --text: #1d2127; --muted: #59616c; --line: #d9dde3; --back: #f5f6f8; --card: #fff;
  --link: #1f5fbf; }}
@media (prefers-color-scheme: dark) {{ :root {{ --text: #e7eaee; --muted: #a4adb8;
  --line: #343b45; --back: #14171b; --card: #1c2026; --link: #8ab8ff; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--back); color: var(--text); }}
main {{ max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }}
h1 {{ font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }}
h2 {{ font-size: 1.25rem; margin: 2.5rem 0 .75rem; }}
h3 {{ font-size: 1.0625rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }}
h4, h5 {{ font-size: .9375rem; margin: 1.25rem 0 .5rem; color: var(--muted); }}
h5 {{ color: var(--text); margin: .75rem 0 .25rem; overflow-wrap: anywhere; }}
a {{ color: var(--link); }}
p {{ max-width: 44rem; margin: .5rem 0; }}
nav ul {{ columns: 16rem; padding: 0; list-style: none; margin: 1rem 0; }}
nav a {{ display: inline-block; padding: .25rem 0; }}
article {{ background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: 1rem; margin: 0 0 .75rem; }}
.part {{ border-top: 1px solid var(--line); padding: .25rem 0 .5rem; }}
dl {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
  gap: .625rem 1.25rem; margin: 0; }}
dt {{ font-size: .8125rem; color: var(--muted); }}
dd {{ margin: 0; overflow-wrap: anywhere; white-space: pre-line; }}
.list {{ margin: .25rem 0; padding-left: 1.125rem; overflow-wrap: anywhere; }}
.pictures {{ display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0 0; }}
.pictures img {{ display: block; height: 6rem; width: auto; border-radius: .375rem; }}
.muted {{ color: var(--muted); }}
@media (max-width: 30rem) {{ dl {{ grid-template-columns: 1fr 1fr; gap: .5rem .75rem; }}
  article {{ padding: .75rem; }} }}
@media print {{ :root {{ color-scheme: light; font-size: 10pt; --text: #000; --muted: #444;
  --line: #bbb; --back: #fff; --card: #fff; --link: #000; }}
  main {{ max-width: none; padding: 0; }}
  h2, h3, h4, h5 {{ break-after: avoid; }} .part, dl > div {{ break-inside: avoid; }}
  article {{ border-width: 1px 0 0; border-radius: 0; padding: .5rem 0; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
"""
