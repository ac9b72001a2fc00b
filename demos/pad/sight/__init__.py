"""The `Sight` component: Python, template, style and script."""
