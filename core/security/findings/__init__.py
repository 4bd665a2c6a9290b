"""Findings: the vulnerabilities of components, from the first report that names one to the proof that it is gone."""
