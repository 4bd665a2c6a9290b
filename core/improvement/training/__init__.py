"""Training: who must have learnt what, who has, and until when it is valid."""
