"""The `Courier` component: Python, template, style and script."""
