"""The lane-keeping task as Gymnasium environments, single and vector."""
