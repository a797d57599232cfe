package dev.adze.agent.alarm;

import dev.adze.agent.decide.Decision;
import dev.adze.agent.decide.DecisionSink;
import dev.adze.agent.report.Softmax;
import dev.adze.agent.sensor.ReadingBuffer;
import dev.adze.profiles.Profile.Alarm;
import dev.adze.runtime.AdzeException;
import dev.adze.runtime.AdzeException.Kind;
import dev.adze.runtime.bundle.TaskSpec;
import java.util.List;
import java.util.function.Consumer;

/**
 * Watches every decision. Provisional ones, of a model that is not warm yet, are not watched. On the loop's thread;
 * allocates only when an alarm changes.
 */
public final class Alarms implements DecisionSink {
    private final AlarmLogic[] logic;
    private final int[] outputOf;
    private final boolean classification;
    private final Consumer<AlarmChange> changes;

    /**
     * @param changes is told on the loop's thread, and must return at once
     * @throws AdzeException if an alarm watches an output that the model does not have
     */
    public Alarms(List<Alarm> alarms, TaskSpec task, Consumer<AlarmChange> changes) {
        logic = alarms.stream().map(AlarmLogic::new).toArray(AlarmLogic[]::new);
        outputOf = alarms.stream().mapToInt(a -> output(a, task)).toArray();
        classification = task.kind() == TaskSpec.Kind.CLASSIFICATION;
        this.changes = changes;
    }

    private static int output(Alarm alarm, TaskSpec task) {
        List<String> names = task.reported().stream().map(TaskSpec.OutputSpec::name).toList();
        if (!names.contains(alarm.output())) {
            throw new AdzeException(Kind.USAGE, "alarm " + alarm.name() + " watches " + alarm.output()
                    + ", but the model's outputs are " + String.join(", ", names));
        }
        return names.indexOf(alarm.output());
    }

    @Override
    public void decided(Decision decision, ReadingBuffer readings) {
        if (!decision.warm()) {
            return;
        }
        float[] outputs = decision.outputs();
        for (int i = 0; i < logic.length; i++) {
            double value = classification ? Softmax.probability(outputs, outputOf[i]) : outputs[outputOf[i]];
            if (logic[i].update(value, decision.epochMillis())) {
                changes.accept(logic[i].change(decision.epochMillis()));
            }
        }
    }
}
