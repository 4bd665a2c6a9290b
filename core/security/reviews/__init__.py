"""Reviews of access: who has to say of each grant whether it stays, and what comes of what they say."""
