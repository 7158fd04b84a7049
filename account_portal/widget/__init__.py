"""The account inside a storefront: who is signed in there, and how page and frame talk."""
