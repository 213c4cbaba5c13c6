"""What people look at: tiles, layers, heatmaps, reports and the web pages."""
