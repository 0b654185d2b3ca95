"""Drawing: layout, colours, text, strokes and widgets that the panels share."""
