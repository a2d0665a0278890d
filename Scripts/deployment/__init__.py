"""What Scripts/deploy.py is made of: where to deploy to, the synthesized app, its assets, and the stack."""
