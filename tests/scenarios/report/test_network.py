from __future__ import annotations

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.scenarios.report.network import wiring_svg


def test_wiring_is_drawn_whole_and_by_sign() -> None:
    wiring = Wiring.ncp()
    drawn = wiring_svg(wiring)
    assert drawn.count("<circle") == 32 + 19
    assert drawn.count('class="excite"') == int((wiring.polarities > 0).sum())
    assert drawn.count('class="inhibit"') == int((wiring.polarities < 0).sum())
    turned = wiring_svg(wiring, -0.5 * wiring.polarities)
    assert turned.count('class="excite"') == int((wiring.polarities < 0).sum())
