"""What the bridge would do, what it did, and why: explanations, pictures, and the doctor.

Nothing here is imported before it is asked for.
"""
