"""The `Deletion` component: Python, template, style and scripts."""
