"""The cockpit's view: the only room that uses pygame, which it loads when a window opens.

It is given plain data (``scene.py``) and gives back what the person wants (``user_commands.py``); who drives, and
through what world, it does not know.
"""
