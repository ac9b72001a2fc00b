"""The `Drawings` component: Python, template, style and script."""
