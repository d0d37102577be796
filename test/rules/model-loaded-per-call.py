"""Where models are loaded."""

import functools

import joblib
import spacy
import torch
from transformers import AutoModel, pipeline

_model = None


@app.post("/predict")
def predict(text):
    model = AutoModel.from_pretrained("bert-base-uncased")  # leak: model-loaded-per-call
    return model(text)


async def handle_image(request):
    classify = pipeline("image-classification")  # leak: model-loaded-per-call
    return classify(request.body)


class PredictView(View):
    def post(self, request):
        return joblib.load("model.pkl").predict(request.rows)  # leak: model-loaded-per-call


def score(batches, path):
    for batch in batches:
        model = torch.load(path)  # leak: model-loaded-per-call
        print(model(batch))


def ensemble(paths, batch):
    for path in paths:
        model = torch.load(path)  # ok: another one in each turn
        print(model(batch))


@app.get("/tokens")
def tokens(text):
    global _model
    if _model is None:
        _model = spacy.load("en_core_web_sm")  # ok: once, behind a check
    return _model(text)


@app.get("/model")
@functools.cache
def cached():
    model = spacy.load("en_core_web_sm")  # ok: cached
    return len(model.vocab)


@app.get("/evaluate")
def evaluate(checkpoint):
    model = torch.load(checkpoint)  # ok: the request says which one
    return model.eval()


def on_start(event):
    event.app.model = AutoModel.from_pretrained("bert-base-uncased")  # ok: stored


def load():
    model = AutoModel.from_pretrained("bert-base-uncased")  # ok: nothing says that it runs often
    return model.config.hidden_size


MODEL = torch.load("model.pt")  # ok: at import
