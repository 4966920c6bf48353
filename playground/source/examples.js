/* The examples, in the order of the menu; their names are in messages.json. */

import exercise from "../examples/exercise.py";
import fan_out from "../examples/fan_out.py";
import moons from "../examples/moons.py";
import network_by_hand from "../examples/network_by_hand.py";
import neuron from "../examples/neuron.py";
import second_derivatives from "../examples/second_derivatives.py";
import squared_error from "../examples/squared_error.py";
import table_of_steps from "../examples/table_of_steps.py";
import valley from "../examples/valley.py";
import wrong_derivative from "../examples/wrong_derivative.py";

export const EXAMPLES = {
  neuron, fan_out, squared_error, exercise, network_by_hand, valley, moons, wrong_derivative, table_of_steps,
  second_derivatives,
};
