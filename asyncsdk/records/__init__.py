"""What travels and what is stored, as slotted attrs classes; `codec` is the one converter."""
