"""The `Finder` component: Python, template, style and scripts."""
