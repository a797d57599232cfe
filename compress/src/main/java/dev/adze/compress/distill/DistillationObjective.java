package dev.adze.compress.distill;

import dev.adze.compress.train.Losses;
import dev.adze.compress.train.Objective;
import dev.adze.compress.train.SupervisedObjective;
import dev.adze.compress.train.TorchNetwork;
import dev.adze.compress.train.TrainSpec;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * (1 - alpha) * task loss + alpha * teacher loss + the weighted hints of {@link DistillSpec}. The teacher loss is a square
 * or Huber loss against the teacher's outputs for regression, soft targets for classification.
 */
public final class DistillationObjective implements Objective, AutoCloseable {
    private final DistillSpec spec;
    private final TrainSpec train;
    private final TeacherView view;
    private final SupervisedObjective task;
    private final TeacherPart outputs;
    private final TeacherPart hidden;
    private final TeacherPart cell;
    private final TeacherPart profile;
    private final LinearImpl hiddenProjection;
    private final LinearImpl cellProjection;
    private double done;

    /** @param studentHidden size of the student's last recurrent layer's output */
    public DistillationObjective(DistillSpec spec, TrainSpec train, TeacherOutputs teacher, int studentHidden) {
        this.spec = spec;
        this.train = train;
        view = teacher.view();
        task = new SupervisedObjective(train);
        outputs = new TeacherPart(teacher, 0, view.outputFloats(), train.batchSize());
        hidden = new TeacherPart(teacher, view.hiddenOffset(), view.hidden(), train.batchSize());
        cell = new TeacherPart(teacher, view.cellOffset(), view.cell(), train.batchSize());
        profile = new TeacherPart(teacher, view.profileOffset(), view.profileSteps(), train.batchSize());
        hiddenProjection = spec.hintWeight() > 0 ? new LinearImpl(new LinearOptions(studentHidden, view.hidden())) : null;
        cellProjection = spec.cellHintWeight() > 0 ? new LinearImpl(new LinearOptions(studentHidden, view.cell())) : null;
    }

    /** What such an objective needs of the teacher. */
    public static TeacherView view(DistillSpec spec, int countedSteps, int outputs, int teacherHidden, int windowSteps) {
        return new TeacherView(countedSteps, outputs, spec.hintWeight() > 0 ? teacherHidden : 0,
                spec.cellHintWeight() > 0 ? teacherHidden : 0, spec.attentionWeight() > 0 ? windowSteps : 0);
    }

    @Override
    public void progress(double done) {
        this.done = done;
    }

    @Override
    public Tensor loss(TorchNetwork.Forward forward, Tensor targets, int[] windows, int count) {
        double alpha = spec.alphaAt(done);
        Tensor wanted = outputs.of(windows, count).view(count, view.countedSteps(), view.outputs());
        Tensor given = Losses.countedSteps(forward.outputs(), train.lossFromStep());
        Tensor fromTeacher = switch (train.loss()) {
            case CROSS_ENTROPY, FOCAL -> Losses.softTargets(given, wanted, spec.temperatureAt(done));
            case HUBER -> Losses.huber(given, wanted, train.huberDelta());
            // The teacher's output is a quantile already: the student is to meet it, not to stay below it.
            case MSE, QUANTILE -> Losses.squareError(given, wanted);
        };
        Tensor loss = fromTeacher.mul(new Scalar(alpha));
        if (alpha < 1) {
            loss = loss.add(task.loss(forward, targets, windows, count).mul(new Scalar(1 - alpha)));
        }
        if (hiddenProjection != null) {
            Tensor guess = hiddenProjection.forward(TeacherView.lastHidden(forward));
            loss = loss.add(distance(guess, hidden.of(windows, count), spec.hintWeight()));
        }
        if (cellProjection != null) {
            Tensor guess = cellProjection.forward(forward.lastCells().getLast());
            loss = loss.add(distance(guess, cell.of(windows, count), spec.cellHintWeight()));
        }
        if (spec.attentionWeight() > 0) {
            Tensor apart = TeacherView.profile(forward).sub(profile.of(windows, count)).square().sum(1).mean();
            loss = loss.add(apart.mul(new Scalar(spec.attentionWeight())));
        }
        return loss;
    }

    private static Tensor distance(Tensor guess, Tensor wanted, double weight) {
        return guess.sub(wanted).square().mean().mul(new Scalar(weight));
    }

    @Override
    public List<Tensor> parameters() {
        var parameters = new ArrayList<Tensor>();
        for (LinearImpl projection : new LinearImpl[] {hiddenProjection, cellProjection}) {
            if (projection != null) {
                parameters.add(new Tensor(projection.weight()));
                parameters.add(new Tensor(projection.bias()));
            }
        }
        return parameters;
    }

    @Override
    public void close() {
        outputs.close();
        hidden.close();
        cell.close();
        profile.close();
    }
}
