"""The `HeatCard` component: Python, template, style and script."""
