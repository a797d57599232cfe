package dev.adze.compress.train;

import dev.adze.runtime.AdzeException;
import dev.adze.runtime.model.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains a network by AdamW over shuffled windows. Resumable at any step and reproducible from the seed: the order of
 * windows, the noise and the dropout of a step depend on nothing but the seed and the step's number.
 */
public final class Trainer {
    /** A checkpoint at least this often; writing 180 MB for the 12 M teacher takes under a second. */
    private static final long CHECKPOINT_NANOS = 60_000_000_000L;

    private final TorchNetwork network;
    private final Windows training;
    private final Windows validation;
    private final TrainSpec spec;
    private final FeatureLayout layout;
    private final Objective objective;
    private final long seed;
    private final Path checkpoint;
    private final TrainingListener listener;
    private final List<Tensor> parameters;
    private final List<Tensor> average;
    private final List<Tensor> best;
    /** With {@link RecurrentTraining#carryState}: a state {@code [batch, size]} for every start of a pass; else empty. */
    private final List<Tensor> carried;
    /** What a checkpoint keeps beside averages: {@link #parameters}, then {@link #carried}, then the loss scale. */
    private final List<Tensor> saved;
    private final AdamW optimizer;
    /** Of {@link Autocast#FP16}; else null. */
    private final LossScale lossScale;

    /** @param checkpoint file to resume from if it exists, and to write */
    public Trainer(TorchNetwork network, Windows training, Windows validation, FeatureLayout layout, TrainSpec spec,
            Objective objective, long seed, Path checkpoint, TrainingListener listener) {
        this.network = network;
        this.training = training;
        this.validation = validation;
        this.spec = spec;
        this.layout = layout;
        this.objective = objective;
        this.seed = seed;
        this.checkpoint = checkpoint;
        this.listener = listener;
        parameters = new ArrayList<>(network.parameters());
        parameters.addAll(objective.parameters());
        try (NoGradGuard _ = new NoGradGuard()) {
            average = network.parameters().stream().map(p -> p.detach().clone()).toList();
            best = network.parameters().stream().map(p -> p.detach().clone()).toList();
            carried = spec.recurrent().carryState()
                    ? network.stateSizes().stream().map(size -> torch.zeros(spec.batchSize(), size)).toList() : List.of();
        }
        lossScale = spec.autocast() == Autocast.FP16 ? new LossScale() : null;
        saved = Stream.of(parameters.stream(), carried.stream(), Stream.ofNullable(lossScale).map(LossScale::state))
                .flatMap(tensors -> tensors).toList();
        var options = new AdamWOptions(spec.learningRate());
        options.weight_decay().put(spec.weightDecay());
        optimizer = new AdamW(new TensorVector(parameters.toArray(Tensor[]::new)), options);
    }

    /** The best weights by validation metric, and the way there. */
    public record Result(Weights weights, double bestMetric, List<Epoch> curve, double seconds) {}

    /**
     * Runs to the end (or goes on from the checkpoint).
     *
     * @throws AdzeException INTERRUPTED if the listener asked to stop (a checkpoint is kept); DIVERGED if the loss is
     *     not finite
     */
    public Result run() {
        TrainingState state = Checkpoint.load(checkpoint, saved, average, best, optimizer)
                .orElse(TrainingState.START);
        long started = System.nanoTime() - state.millis() * 1_000_000;
        int stepsPerEpoch = stepsPerEpoch();
        long totalSteps = (long) stepsPerEpoch * spec.epochs();
        long step = state.step();
        double lossSum = state.lossSum();
        double bestMetric = state.bestMetric();
        int epochsSinceBest = state.epochsSinceBest();
        var curve = new ArrayList<>(state.curve());
        long lastCheckpoint = System.nanoTime();
        double secondsPerStep = 0;
        if (step > 0) {
            listener.onResume(List.copyOf(curve));
            if (step < totalSteps && epochsSinceBest < spec.patience() && listener.stopRequested()) {
                throw stopped(step, totalSteps);
            }
        }
        try (Batch batch = new Batch(training, spec.batchSize())) {
            CarriedOrder order = null;
            while (step < totalSteps && epochsSinceBest < spec.patience()) {
                int inEpoch = (int) (step % stepsPerEpoch);
                if (order == null || inEpoch == 0) {
                    order = shuffled((int) (step / stepsPerEpoch));
                }
                long begin = System.nanoTime();
                double loss = trainStep(batch, order, inEpoch, step, totalSteps);
                double seconds = (System.nanoTime() - begin) / 1e9;
                secondsPerStep = secondsPerStep == 0 ? seconds : 0.95 * secondsPerStep + 0.05 * seconds;
                lossSum += loss;
                step++;
                listener.onStep(step, totalSteps, lossSum / (inEpoch + 1), secondsPerStep);
                boolean epochEnd = inEpoch + 1 == stepsPerEpoch;
                if (epochEnd) {
                    double metric = validate();
                    boolean better = objective.judged() && metric < bestMetric;
                    bestMetric = better ? metric : bestMetric;
                    epochsSinceBest = better || !objective.judged() ? 0 : epochsSinceBest + 1;
                    if (better) {
                        copy(average, best);
                    }
                    var epoch = new Epoch((int) (step / stepsPerEpoch), lossSum / stepsPerEpoch, metric,
                            rate(step - 1, totalSteps), (System.nanoTime() - started) / 1e9);
                    curve.add(epoch);
                    listener.onEpoch(epoch, better);
                    listener.onWeights(step, () -> GateHistogram.of(network));
                    lossSum = 0;
                }
                boolean stop = listener.stopRequested();
                if (stop || epochEnd || System.nanoTime() - lastCheckpoint > CHECKPOINT_NANOS) {
                    long millis = (System.nanoTime() - started) / 1_000_000;
                    Checkpoint.save(checkpoint,
                            new TrainingState(step, lossSum, bestMetric, epochsSinceBest, millis, curve),
                            saved, average, best, optimizer);
                    lastCheckpoint = System.nanoTime();
                }
                if (stop) {
                    throw stopped(step, totalSteps);
                }
            }
        }
        copy(best, network.parameters());
        return new Result(network.weights(), bestMetric, curve, (System.nanoTime() - started) / 1e9);
    }

    private AdzeException stopped(long step, long totalSteps) {
        return new AdzeException(AdzeException.Kind.INTERRUPTED, "stopped at step " + step + " of "
                + totalSteps + "; checkpoint " + checkpoint + " is kept: run the same command to go on");
    }

    private int stepsPerEpoch() {
        int perStep = spec.batchSize() * spec.accumulate();
        int all = training.size() / perStep;
        if (all == 0) {
            throw new AdzeException(AdzeException.Kind.BAD_DATA, "there are " + training.size()
                    + " training windows, fewer than the " + perStep + " of one step"
                    + ": lower batchSize (or accumulate) or the window's stride, or give more data");
        }
        return spec.stepsPerEpoch() == 0 ? all : Math.min(all, spec.stepsPerEpoch());
    }

    private CarriedOrder shuffled(int epoch) {
        if (spec.recurrent().carryState()) {
            return CarriedOrder.of(training, spec.batchSize(), Torch.mix(seed, epoch));
        }
        int[] order = IntStream.range(0, training.size()).toArray();
        var random = new Random(Torch.mix(seed, epoch));
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return new CarriedOrder(order, null);
    }

    private double rate(long step, long totalSteps) {
        return spec.learningRate() * LearningRate.factor(spec, step, stepsPerEpoch(), totalSteps);
    }

    private double trainStep(Batch batch, CarriedOrder order, int inEpoch, long step, long totalSteps) {
        network.dropout(spec.dropoutAt(step, totalSteps), spec.variationalDropout());
        network.zoneout(spec.left(spec.recurrent().zoneoutHidden(), step, totalSteps),
                spec.left(spec.recurrent().zoneoutCell(), step, totalSteps));
        objective.progress(step / (double) Math.max(1, totalSteps - 1));
        try (PointerScope _ = new PointerScope()) {
            new AdamWOptions(optimizer.param_groups().get(0).options()).set_lr(rate(step, totalSteps));
            optimizer.zero_grad();
            double value = 0;
            for (int part = 0; part < spec.accumulate(); part++) {
                value += backward(batch, order, inEpoch * spec.accumulate() + part, step * spec.accumulate() + part)
                        / spec.accumulate();
            }
            if (!Double.isFinite(value)) {
                throw new AdzeException(AdzeException.Kind.DIVERGED, "training diverged: the loss is " + value
                        + " at step " + step + "; lower learningRate or clipNorm, or look for extreme values with"
                        + " adze data inspect");
            }
            if (lossScale != null && !lossScale.unscale(parameters)) {
                return value;
            }
            listener.onGradients(step + 1, value, rate(step, totalSteps), () -> GateNorms.ofGradients(network));
            if (spec.clipValue() > 0) {
                torch.clip_grad_value_(new TensorVector(parameters.toArray(Tensor[]::new)), spec.clipValue());
            }
            torch.clip_grad_norm_(new TensorVector(parameters.toArray(Tensor[]::new)), spec.clipNorm());
            optimizer.step();
            updateAverage(step);
            return value;
        }
    }

    /** Adds the gradients of one batch, the {@code batchNumber}-th of the run and the {@code inEpoch}-th of its epoch. */
    private double backward(Batch batch, CarriedOrder order, int inEpoch, long batchNumber) {
        int[] indices = Arrays.copyOfRange(order.windows(), inEpoch * spec.batchSize(), (inEpoch + 1) * spec.batchSize());
        long batchSeed = Torch.mix(seed ^ 0x5eed, batchNumber);
        batch.load(indices, indices.length);
        if (!spec.augment().equals(Augmentation.NONE)) {
            batch.augment(spec.augment(), layout, new Random(batchSeed));
        }
        try (PointerScope _ = new PointerScope()) {
            Torch.seed(batchSeed);
            TorchNetwork.Forward forward;
            try (var _ = spec.autocast().open()) {
                forward = network.forward(batch.features(), true, start(order, inEpoch)).inSinglePrecision();
            }
            for (int i = 0; i < carried.size(); i++) {
                carried.get(i).copy_(forward.states().get(i).detach());
            }
            Tensor loss = objective.loss(forward, batch.targets(), batch.indices(), batch.count());
            double value = loss.item_float();
            if (spec.l2() > 0) {
                loss = loss.add(squaredWeights().mul(new Scalar(spec.l2() / 2)));
            }
            Tensor share = spec.accumulate() == 1 ? loss : loss.div(new Scalar((double) spec.accumulate()));
            (lossScale == null ? share : share.mul(new Scalar((double) lossScale.scale()))).backward();
            return value;
        }
    }

    /** The states that a batch starts from: those of the last batch, zero in rows that start a series. */
    private List<Tensor> start(CarriedOrder order, int inEpoch) {
        if (carried.isEmpty()) {
            return List.of();
        }
        float[] keep = new float[spec.batchSize()];
        for (int row = 0; row < keep.length; row++) {
            keep[row] = order.fresh()[inEpoch * spec.batchSize() + row] ? 0 : 1;
        }
        Tensor mask = torch.from_blob(new FloatPointer(keep), spec.batchSize(), 1);
        return carried.stream().map(state -> state.mul(mask)).toList();
    }

    private Tensor squaredWeights() {
        Tensor sum = null;
        for (Tensor parameter : parameters) {
            Tensor square = parameter.square().sum();
            sum = sum == null ? square : sum.add(square);
        }
        return sum;
    }

    private void updateAverage(long step) {
        // A young average follows the weights closely, else it would remember the initialisation.
        double decay = Math.min(spec.weightAverage(), (step + 1.0) / (step + 10.0));
        try (NoGradGuard _ = new NoGradGuard()) {
            for (int i = 0; i < average.size(); i++) {
                Tensor parameter = network.parameters().get(i);
                if (spec.weightAverage() == 0 || !parameter.requires_grad()) {
                    average.get(i).copy_(parameter);
                } else {
                    average.get(i).mul_(new Scalar(decay)).add_(parameter, new Scalar(1 - decay));
                }
            }
        }
    }

    private double validate() {
        var trained = new ArrayList<Tensor>();
        try (PointerScope _ = new PointerScope(); NoGradGuard _ = new NoGradGuard()) {
            network.parameters().forEach(p -> trained.add(p.detach().clone()));
            copy(average, network.parameters());
            try {
                return Evaluation.metric(network, validation, spec);
            } finally {
                copy(trained, network.parameters());
            }
        }
    }

    private static void copy(List<Tensor> from, List<Tensor> to) {
        try (NoGradGuard _ = new NoGradGuard(); PointerScope _ = new PointerScope()) {
            for (int i = 0; i < from.size(); i++) {
                to.get(i).detach().copy_(from.get(i));
            }
        }
    }
}
