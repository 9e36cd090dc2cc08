"""Which device is which vmdk."""
