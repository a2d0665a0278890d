"""The infrastructure of Arbiter: an AWS CDK app. Run it as a module from the repository's root: python -m infra.app."""
