"""CARLA's recorder and replayer: what happens is written to a file, in CARLA's own format, and played again.

    format              packets by number, records of fixed size, limits
    cursor, variable    records whose size differs: actors, wheels, physics
    reader, writer      whole files
    folder              where recordings lie, and nowhere else
    recording_lock      that one alone writes each
    validation          whether what is to be replayed can be read
    frame_encoder       what of a tick goes into a frame
    interpolation       where everybody is at any time of a recording
    actor_mapping       which actor plays which one of a recording
    state_restorer      makes an episode look as a recording does at a time
    replayer            a replay, tick by tick
    queries             the texts that ``show_recorder_*`` give
    recorded_simulation what recorder and replayer need of a simulation
    recordings          recorder and replayer as one object, which ticks call while it records or replays

The format is CARLA's (Docs/ref_recorder_binary_file_format.md, and what CARLA 0.9.16 writes beyond it): little-endian,
packed, centimetres and degrees in Unreal's axes, Euler angles as roll, pitch, yaw. Files can be exchanged with a CARLA
server as far as both know the map and the blueprints.
"""

from wormdrive.carla_server.recorder.folder import RecordingsFolder
from wormdrive.carla_server.recorder.recordings import Recordings

__all__ = ["Recordings", "RecordingsFolder"]
