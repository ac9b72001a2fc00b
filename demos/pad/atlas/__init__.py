"""The `Atlas` component: Python, template, style and script."""
