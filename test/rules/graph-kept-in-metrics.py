"""Steps that give back a loss and a record of it."""

import torch
import torch.nn.functional as F
from torch import nn


class PreferenceTrainer:
    def get_batch_loss_metrics(self, model, batch):
        metrics = {}
        chosen, rejected, nll_loss = self.concatenated_forward(model, batch)
        losses, chosen_rewards = self.preference_loss(chosen, rejected)
        loss = losses.mean() + nll_loss
        accuracies = (chosen_rewards > 0).float()
        metrics["rewards"] = chosen_rewards.mean().cpu()  # ok: not part of the loss
        metrics["accuracies"] = accuracies.mean().cpu()  # ok: not part of the loss
        metrics["chosen"] = chosen.detach().mean().cpu()
        metrics["rejected"] = rejected.detach().mean().cpu()
        metrics["nll"] = nll_loss.cpu().mean()  # leak: graph-kept-in-metrics
        return loss, metrics

    def ppo_loss(self, old, logprobs, values, returns, mask):
        ratio = torch.exp(logprobs - old)
        pg_losses = -returns * ratio
        pg_loss = masked_mean(pg_losses, mask)
        vf_loss = ((values - returns) ** 2).mean()
        advantages = returns.detach()
        weighted = advantages * pg_loss
        loss = pg_loss + vf_loss + weighted
        stats = dict(
            loss=dict(policy=pg_loss.detach(), value=vf_loss.detach(), total=loss.detach()),
            policy=dict(
                mask=mask,  # ok: given by the caller
                advantages=advantages,  # ok: detached where it was assigned
                ratio=ratio,  # leak: graph-kept-in-metrics
            ),
        )
        return pg_loss, vf_loss, flatten(stats)


def step(model, batch, optimiser) -> dict:
    output = model(batch)
    loss = F.mse_loss(output, batch)
    penalty = output.abs().mean()
    (loss + penalty).backward()
    optimiser.step()
    return {
        "loss": loss,  # leak: graph-kept-in-metrics
        "penalty": penalty.item(),
        "mean": output.detach().mean(),
    }


def step_with_loss(model, batch) -> dict:
    output = model(batch)
    loss = F.mse_loss(output, batch)
    return {
        "loss": loss,  # ok: this is how the loss is given back
        "penalty": output.abs().mean().item(),
        "mean": output.detach().mean(),
    }


def sparse(model, batch):
    output = model(batch)
    loss = F.mse_loss(output, batch)
    return loss, {"loss": loss, "mean": output.mean().item()}  # ok: nothing says that it is a record


def updated(model, batch, log):
    output = model(batch)
    loss = F.mse_loss(output, batch)
    log.update({"mean": output.mean().item(), "max": output.max().item()})
    log["loss"] = 2 * loss  # leak: graph-kept-in-metrics
    log["number"] = float(loss)  # ok: a number
    return loss


@torch.no_grad()
def evaluate(model, batch):
    output = model(batch)
    loss = F.mse_loss(output, batch)
    return loss, {"loss": loss, "mean": output.mean().item(), "max": output.max().item()}  # ok: no graph is made
