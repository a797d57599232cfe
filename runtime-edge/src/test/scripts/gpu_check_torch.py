"""Times the networks of GpuCheck.java in PyTorch (cuDNN's LSTM) on the same GPU: rows of its Markdown table."""
import statistics
import time

import torch

NETWORKS = {"student 2x560": (32, 2, 560), "teacher 3x1024": (32, 3, 1024)}
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


def main():
    print(f"\n## cuDNN {torch.backends.cudnn.version()} through PyTorch {torch.__version__}\n\nFeatures and output copied.\n")
    print("| network | weights | call | p50 [us] | p99 [us] |\n|---|---|---|---|---|")
    for name, (inputs, layers, units) in NETWORKS.items():
        for kind in (torch.float32, torch.float16):
            net = Net(inputs, layers, units).cuda().to(kind).eval()
            net.lstm.flatten_parameters()
            for what, steps in (("step", 1), (f"window of {WINDOW}", WINDOW)):
                x = torch.randn(steps, 1, inputs, dtype=kind).pin_memory()
                state = tuple(torch.zeros(layers, 1, units, dtype=kind, device="cuda") for _ in range(2))

                def call():
                    nonlocal state
                    with torch.inference_mode():
                        y, new = net(x.cuda(non_blocking=True), state)
                        if steps == 1:
                            state = new
                        return y.cpu()

                p50, p99 = micros(call)
                bits = "fp32" if kind == torch.float32 else "fp16"
                print(f"| {name} | {bits} | {what} | {p50:.1f} | {p99:.1f} |")


if __name__ == "__main__":
    main()
