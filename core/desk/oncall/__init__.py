"""Who is on call: rotas, the overrides that people make, and what is missing in them."""
