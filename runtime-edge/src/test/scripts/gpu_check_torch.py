"""Times the networks of GpuCheck.java in PyTorch (cuDNN's LSTM) on the same GPU: rows of its Markdown table."""
import statistics
import time

import torch

NETWORKS = {"student 2x560": (32, 2, 560), "teacher 3x768": (32, 3, 768)}
WINDOW = 50
CALLS = 2000


class Net(torch.nn.Module):
    def __init__(self, inputs, layers, units):
        super().__init__()
        self.lstm = torch.nn.LSTM(inputs, units, layers)
        self.head = torch.nn.Linear(units, 1)

    def forward(self, x, state):
        y, state = self.lstm(x, state)
        return self.head(y[-1]), state


def micros(call):
    for _ in range(200):
        call()
    torch.cuda.synchronize()
    times = []
    for _ in range(CALLS):
        start = time.perf_counter_ns()
        call()
        torch.cuda.synchronize()
        times.append((time.perf_counter_ns() - start) / 1e3)
    times.sort()
    return statistics.median(times), times[int(0.99 * len(times))]


def graph_of(net, x, state):
    """One call captured as a CUDA graph: the time that cuDNN takes without PyTorch's own work before each kernel."""
    held = x.cuda()
    kept = tuple(s.clone() for s in state)
    with torch.inference_mode():
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            for _ in range(3):
                net(held, kept)
        side.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            y, new = net(held, kept)
            if x.shape[0] == 1:
                for old, value in zip(kept, new):
                    old.copy_(value)

    def call():
        with torch.inference_mode():
            held.copy_(x, non_blocking=True)
            graph.replay()
            return y.cpu()

    return call


def row(name, bits, what, call):
    try:
        p50, p99 = micros(call())
        print(f"| {name} | {bits} | {what} | {p50:.1f} | {p99:.1f} |")
    except RuntimeError as e:
        print(f"| {name} | {bits} | {what} | | {str(e).splitlines()[0].replace('|', '/')} |")


def main():
    print(f"\n## cuDNN {torch.backends.cudnn.version()} through PyTorch {torch.__version__}\n\nFeatures and output copied; fp32 "
          f"{'with' if torch.backends.cudnn.allow_tf32 else 'without'} TF32.\n")
    print("| network | weights | call | p50 [us] | p99 [us] |\n|---|---|---|---|---|")
    for name, (inputs, layers, units) in NETWORKS.items():
        for bits, kind in (("fp32", torch.float32), ("fp16", torch.float16)):
            net = Net(inputs, layers, units).cuda().to(kind).eval()
            net.lstm.flatten_parameters()
            for what, steps in (("step", 1), (f"window of {WINDOW}", WINDOW)):
                x = torch.randn(steps, 1, inputs, dtype=kind).pin_memory()
                state = tuple(torch.zeros(layers, 1, units, dtype=kind, device="cuda") for _ in range(2))

                def plain():
                    kept = [state]

                    def call():
                        with torch.inference_mode():
                            y, new = net(x.cuda(non_blocking=True), kept[0])
                            if steps == 1:
                                kept[0] = new
                            return y.cpu()

                    return call

                row(name, bits, what, plain)
                row(name, bits, f"{what}, CUDA graph", lambda: graph_of(net, x, state))


if __name__ == "__main__":
    main()
