"""What a service agreement says: its versions, who may ask for what, by which form, with which targets."""
