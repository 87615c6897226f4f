"""The console: a thin Textual application around the plan, the fleet and the runs.

`actions` is the one registry of what a person can do; keys, footer, palette and help are made of
it. Screens compose and route, widgets own their state and post messages upward, and only `link`
talks to the controller.
"""
