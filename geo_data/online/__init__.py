"""Online place services, asked only when the offline geocoder is not sure; the desk works without any of them."""
